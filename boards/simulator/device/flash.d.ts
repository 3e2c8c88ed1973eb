/** Of `embedded:storage/flash` (ECMA-419) what the journal needs. */
declare module "embedded:storage/flash" {
  const Flash: {
    open(options: { readonly path: string }): {
      status(): { readonly size: number; readonly blockLength: number; readonly blocks: number; readonly eraseValue: number; readonly writeAlign: number };
      read(buffer: Uint8Array, offset: number): unknown;
      write(bytes: Uint8Array, offset: number): unknown;
      eraseBlock(block: number): unknown;
    };
  };
  export default Flash;
}
