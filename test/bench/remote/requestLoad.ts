import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** One answer as it came, checked by nobody. */
export interface RawAnswer {
  readonly head: string;
  readonly body: Buffer;
}

/** One connection that is kept, and the same request on it again and again: as cheap for this side as can be. */
export class Connection {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async open(url: string): Promise<Connection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.setNoDelay(true);
    await once(socket, 'connect');
    return new Connection(socket);
  }

  /** Asks once, and gives the whole answer. */
  async ask(request: Buffer): Promise<RawAnswer> {
    let received = Buffer.alloc(0);
    this.#socket.write(request);
    for (;;) {
      const [data] = (await once(this.#socket, 'data')) as [Buffer];
      received = Buffer.concat([received, data]);
      const end = received.indexOf('\r\n\r\n');
      if (end < 0) continue;
      const head = received.toString('latin1', 0, end);
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1]);
      if (received.length >= end + 4 + length) return { head, body: received.subarray(end + 4) };
    }
  }

  /** Asks so many times, one after another; every answer must have so many bytes, head included. */
  repeat(request: Buffer, times: number, size: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let left = times;
      let received = 0;
      const fail = (reason: string) => reject(new Error(reason));
      const onData = (data: Buffer) => {
        received += data.length;
        if (received < size) return;
        if (received > size) return fail(`an answer of ${received} bytes instead of ${size}`);
        received = 0;
        left--;
        if (left > 0) return void this.#socket.write(request);
        this.#socket.off('data', onData);
        resolve();
      };
      this.#socket.on('data', onData);
      this.#socket.once('close', () => fail('the server closed the connection'));
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}
