/** In place of the SDK's `setup/network`: the firmware brings the network up itself, and again after a loss. */
export default function setup(done: () => void): void {
  done();
}
