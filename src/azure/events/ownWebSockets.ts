import WebSocket from 'ws';

/** A WebSocket class that tracks its instances, so that none stays open indefinitely. */
export function ownWebSockets() {
  const open = new Set<WebSocket>();
  class OwnWebSocket extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args);
      open.add(this);
      this.once('close', () => open.delete(this));
    }
  }
  return { OwnWebSocket, end: () => open.forEach((socket) => socket.terminate()) };
}
