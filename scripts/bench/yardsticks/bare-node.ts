/** A yardstick: node:http alone, which reads and parses what is posted, stores nothing, and answers 200. */
import { listen } from './listen.ts';
import { readJson } from './read-json.ts';

listen((request, response) => {
  readJson(request).then(
    () => response.setHeader('content-type', 'application/json').end('{"ok":true}'),
    () => response.writeHead(400).end(),
  );
});
