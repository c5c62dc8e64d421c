import { createServer } from 'node:http';
import { Agent, request } from 'undici';

/**
 * What any proxy in Node costs at the least: node:http in, undici out, bytes as they come, nothing read. The gateway
 * is measured against it.
 */
const { PORT, TARGET } = process.env;
const dispatcher = new Agent({ pipelining: 1, headersTimeout: 60_000, bodyTimeout: 60_000 });

const server = createServer((req, res) => {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => void forward(Buffer.concat(chunks)));

  async function forward(body: Buffer): Promise<void> {
    const { authorization = '' } = req.headers;
    const headers = { authorization, 'content-type': 'application/json', version: '0.169.0' };
    const answer = await request(`${TARGET}/responses`, { method: 'POST', dispatcher, headers, body });
    res.writeHead(answer.statusCode, { 'content-type': 'text/event-stream' });
    answer.body.pipe(res);
  }
});
server.keepAliveTimeout = 75_000;
server.listen(Number(PORT), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
