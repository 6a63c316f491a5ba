/** Lets a yardstick listen on a free port of 127.0.0.1 and say where, until SIGTERM. */
import { createServer, type RequestListener } from 'node:http';

/** Prints `listening URL` when it listens. */
export function listen(answer: RequestListener): void {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    process.stdout.write(`listening http://127.0.0.1:${port}\n`);
  });
}
