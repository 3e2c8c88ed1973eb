/**
 * In place of the SDK's `ssl/handshake`, over it. That one (8.2.3) goes on when a server leaves its key exchange unsigned, and when the
 * version is too old it takes the connection for made, before there is a key.
 */
import { checkSignature } from "ssl/cert";
import SSLStream from "ssl/stream";
import handshake, { type Session } from "xs-mqtt/sdk-handshake";

/** What was offered (RFC 5246, 7.4.1.4.1): SHA-256, with RSA or ECDSA. */
const sha256 = 4;
const rsa = 1;
const ecdsa = 3;
const namedCurve = 3;

/** Of ECDHE, which is all that is offered with a key exchange. @throws Error for one that is not signed by the server's key. */
function checkKeyExchange(session: Session, message: Uint8Array): void {
  const stream = new SSLStream(message);
  if (stream.readChar() !== namedCurve) throw new Error("a key exchange that was not offered");
  stream.readChars(2);
  stream.readChunk(stream.readChar());
  const hash = stream.readChar();
  const algorithm = stream.readChar();
  const key = session.certificateManager.getKey(session.peerCert);
  if (hash !== sha256 || algorithm !== (key.curve === undefined ? rsa : ecdsa)) throw new Error("the key exchange is not signed as it was asked for");
  checkSignature(key, new Uint8Array(stream.readChunk(stream.readChars(2))));
}

/** An object of the SDK with something else in some places: it is frozen, and finds its parts by `this`. */
function over<Base extends object>(base: Base, own: PropertyDescriptorMap): Base {
  return Object.freeze(Object.create(base, own) as Base);
}

const serverHello = over(handshake.serverHello, {
  unpacketize: {
    value(session: Session, stream: SSLStream): void {
      handshake.serverHello.unpacketize(session, stream);
      if (session.alert !== undefined) throw new Error("the server does not speak TLS 1.2");
    },
  },
});

const serverKeyExchange = over(handshake.serverKeyExchange, {
  unpacketize: {
    value(session: Session, stream: SSLStream): void {
      const message = new Uint8Array(stream.readChunk(stream.bytesAvailable));
      checkKeyExchange(session, message);
      handshake.serverKeyExchange.unpacketize(session, new SSLStream(message));
    },
  },
});

const finished = over(handshake.finished, {
  unpacketize: {
    value(session: Session, stream: SSLStream): void {
      handshake.finished.unpacketize(session, stream);
      const { progress } = session.options;
      if (progress) progress.finished = true;
    },
  },
});

const checked: typeof handshake = over(handshake, {
  serverHello: { value: serverHello }, serverKeyExchange: { value: serverKeyExchange }, finished: { value: finished },
});

export default checked;
