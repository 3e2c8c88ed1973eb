declare module "embedded:storage/flash" {
  const Flash: { open(options: { readonly path: string }): import("../../src/storage/flash.js").FlashPartition };
  export default Flash;
}

/** Opens the partition for session and readings; undefined where the host has none. The manifest says which of `flash.ts` and `without-flash.ts` it is. */
declare module "xs-mqtt/flash" {
  const openFlash: (() => import("../../src/storage/flash.js").FlashPartition) | undefined;
  export default openFlash;
}
