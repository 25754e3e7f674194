/** A WebSocket that is opened before anybody is there to speak on it. */
export class HeldSocket {
  readonly #socket: WebSocket;
  #heard: MessageEvent[] = [];

  constructor(private readonly url: string) {
    this.#socket = new WebSocket(url);
    this.#socket.onmessage = (event) => this.#heard.push(event);
  }

  /**
   * Hands it over to whoever wants this address and sets the handlers at once; what has happened so far happens to
   * them. Null, and the socket closed, when it leads elsewhere or is gone.
   */
  handOver(url: string): WebSocket | null {
    const socket = this.#socket;
    if (url !== this.url || socket.readyState > WebSocket.OPEN) {
      socket.close();
      return null;
    }
    if (socket.readyState === WebSocket.OPEN) {
      queueMicrotask(() => {
        socket.onopen?.(new Event("open"));
        for (const event of this.#heard) socket.onmessage?.(event);
      });
    }
    return socket;
  }
}
