/** `xs-mqtt/tls`, where the build has no TLS. */
export default undefined;
