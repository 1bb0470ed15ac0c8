import WebSocket from 'ws';

/** A WebSocket class that tracks its instances, so that none stays open indefinitely. */
export function ownWebSockets() {
  const open = new Set<WebSocket>();
  let hasEnded = false;
  class OwnWebSocket extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args);
      open.add(this);
      this.once('close', () => open.delete(this));
      // The SDK may reconnect while it is being closed. Its listeners are added after this constructor.
      if (hasEnded) setImmediate(() => this.terminate());
    }
  }
  return {
    OwnWebSocket,
    /** Ends all connections, also those that are opened afterward. */
    end: () => {
      hasEnded = true;
      open.forEach((socket) => socket.terminate());
    },
  };
}
