/** `xs-mqtt` where mcconfig compiles the sources: their imports are relative to where they lie. */
export * from "xs-mqtt/src/index";
