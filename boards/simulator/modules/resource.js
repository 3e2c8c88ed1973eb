/** `Resource`: a file given with --resource, as a read-only buffer in flash. */
export default class Resource @ "xs_resource_destructor" {
  constructor(path) @ "xs_resource_constructor"
  static exists(path) @ "xs_resource_exists"
  get byteLength() @ "xs_resource_get_byteLength"
  slice(begin, end) @ "xs_resource_slice"
}
