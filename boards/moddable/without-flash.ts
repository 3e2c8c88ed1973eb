/** `xs-mqtt/flash`, where the host has no flash, as on the desktop. */
export default undefined;
