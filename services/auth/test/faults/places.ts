import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decodeRecord, encodeRecord } from '../../src/store/record-codec.ts';
import { createSpillFolder } from '../../src/store/spill.ts';
import { createFakeApi, type FakeApi } from '../kubernetes/fake-api.ts';
import { writeAccountFolder } from '../kubernetes/fake-api-server.ts';
import type { Place } from './round.ts';

/** Where brokers keep their state: a new place for each round. */
export interface Places {
  readonly next: () => Promise<Place>;
  readonly close: () => Promise<void>;
}

export const stores = {
  file: async (): Promise<Places> => ({ next: filePlace, close: async () => {} }),
  kubernetes: async (): Promise<Places> => kubernetesPlaces({ spills: false }),
  'kubernetes-spill': async (): Promise<Places> => kubernetesPlaces({ spills: true }),
} as const;

async function filePlace(): Promise<Place> {
  const folder = await newFolder();
  return {
    environment: { TOKEN_STORE: 'file', TOKEN_STORE_PATH: folder },
    read: async () => {
      const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
      return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
    },
    remove: () => removeFolder(folder),
  };
}

/** Secrets of one API server; a round has its own. An intent is believed for three seconds only, to be waited for. */
async function kubernetesPlaces({ spills }: { readonly spills: boolean }): Promise<Places> {
  const folder = await newFolder();
  const certificate = await makeCertificate(folder);
  const fake = createFakeApi();
  await writeAccountFolder(folder, { token: fake.token, ca: certificate.cert });
  const server = createServer(certificate, fake.handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // of a TCP server, as documented
  let rounds = 0;
  return {
    next: async () => {
      const prefix = `round-${(rounds += 1)}-`;
      const spill = await newFolder();
      return {
        environment: {
          TOKEN_STORE: 'kubernetes',
          TOKEN_STORE_SECRET_PREFIX: prefix,
          KUBERNETES_SERVICE_HOST: '127.0.0.1',
          KUBERNETES_SERVICE_PORT: String(port),
          KUBERNETES_ACCOUNT_FOLDER: folder,
          INTENT_DEADLINE_SECONDS: '3',
          ...(spills && { TOKEN_SPILL_PATH: spill }),
        },
        read: async () => {
          const record = Buffer.from(fake.secrets.get(`${prefix}default`)?.data['record'] ?? '', 'base64');
          return `${record.toString('utf8')}\n${await spilledFor(record, spill)}`;
        },
        atStoring: (moment, kill) => killAtStoring(fake, `${prefix}default`, { moment, kill }),
        remove: () => removeFolder(spill),
      };
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await removeFolder(folder);
    },
  };
}

/** What a killed broker left behind for the token that the record announces. */
async function spilledFor(record: Buffer, folder: string): Promise<string> {
  const decoded = decodeRecord(record.toString('utf8'));
  if (!decoded.ok) return '';
  const spilled = await createSpillFolder(folder).find('default', decoded.record.refreshToken);
  return spilled ? encodeRecord(spilled) : '';
}

/** The first change is the announcement, the second one brings the tokens. */
function killAtStoring(
  fake: FakeApi,
  secret: string,
  { moment, kill }: { readonly moment: 'before_storing' | 'after_storing'; readonly kill: () => void },
): void {
  const { beforeChange, afterChange } = fake;
  let changes = 0;
  fake.beforeChange = (name) => {
    if (name !== secret) return beforeChange(name);
    changes += 1;
    if (changes !== 2 || moment !== 'before_storing') return 'goes on';
    kill();
    return 'lost';
  };
  fake.afterChange = (name) => {
    if (name !== secret) return afterChange(name);
    if (changes === 2 && moment === 'after_storing') kill();
  };
}

async function makeCertificate(folder: string): Promise<{ readonly key: string; readonly cert: string }> {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const name = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  await promisify(execFile)('openssl', ['req', ...kind, ...name, '-keyout', key, '-out', cert]);
  const [keyText, certText] = await Promise.all([readFile(key, 'utf8'), readFile(cert, 'utf8')]);
  return { key: keyText, cert: certText };
}

function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'codex-auth-state-'));
}

function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}
