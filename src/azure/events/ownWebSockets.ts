import WebSocket from 'ws';

/** A class of WebSockets of which all are known, so that none stays open for as long as the other side lives. */
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
