/**
 * `embedded:network/dns/resolver/udp`: names to addresses, through the system. `resolve` takes the SDK's `onResolved` and `onError` in
 * its options and the standard's callback beside them.
 */
export default class Resolver @ "xs_resolver_destructor" {
  constructor(options) @ "xs_resolver_constructor"
  resolve(options, callback) @ "xs_resolver_resolve"
  close() @ "xs_resolver_close"
}
