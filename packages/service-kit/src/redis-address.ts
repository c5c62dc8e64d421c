import { Secret } from './secret.ts';

export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

/** Where Redis is and how to get in. It prints without its password. */
export interface RedisAddress {
  readonly kind: 'single' | 'sentinel' | 'cluster';
  readonly tls: boolean;
  readonly username: string | null;
  readonly password: Secret | null;
  /** The server; or the sentinels, who know where the master is; or some nodes of the cluster, who know the others. */
  readonly hosts: readonly RedisHost[];
  /** The name by which sentinels know the master; null without sentinels. */
  readonly masterName: string | null;
  readonly database: number;
}

const hostForm = /^(?:\[(?<v6>[0-9a-f:.]+)\]|(?<name>[a-z0-9._-]+))(?::(?<port>\d{1,5}))?$/i;

/** What stands behind `redis`, and how the rest of the address goes on behind who comes in. */
const kinds = [
  { suffix: '', kind: 'single', port: 6379, place: /^(?<hosts>[^/,]+)(?:\/(?<database>\d*))?$/ },
  // sentinel takes no other characters for a master's name
  {
    suffix: '+sentinel',
    kind: 'sentinel',
    port: 26_379,
    place: /^(?<hosts>[^/]+)\/(?<masterName>[\w.-]+)(?:\/(?<database>\d*))?$/,
  },
  { suffix: '+cluster', kind: 'cluster', port: 6379, place: /^(?<hosts>[^/]+)\/?$/ },
] as const;

/**
 * Reads `redis://user:password@host:port/database`, `redis+sentinel://host,host/master/database` or
 * `redis+cluster://host,host`; with `rediss` they mean TLS. What is left out is a default. Null: it is none of them.
 */
export function parseRedisAddress(text: string): RedisAddress | null {
  const [, tls, suffix, came, rest = ''] = /^redis(s?)([^:]*):\/\/(?:(.*)@)?([^@]*)$/.exec(text) ?? [];
  const form = kinds.find((candidate) => candidate.suffix === suffix);
  const parts = form?.place.exec(rest)?.groups;
  if (!form || !parts) return null;
  const access = parseAccess(came);
  const hosts = parseHosts(parts['hosts'] ?? '', form.port);
  const { masterName = null, database = '' } = parts;
  return (
    access &&
    hosts && { kind: form.kind, tls: tls === 's', ...access, hosts, masterName, database: Number(database) }
  );
}

function parseHosts(list: string, defaultPort: number): readonly RedisHost[] | null {
  const texts = list.split(',');
  const hosts = texts.flatMap((text) => {
    const { v6, name, port: given } = hostForm.exec(text)?.groups ?? {};
    const host = v6 ?? name;
    const port = Number(given ?? defaultPort);
    return host === undefined || port > 65_535 ? [] : [{ host, port }];
  });
  return hosts.length === texts.length ? hosts : null;
}

/** `user:password`, `:password` or `user`; what is special in a URL stands there as `%40`. */
function parseAccess(text = ''): Pick<RedisAddress, 'username' | 'password'> | null {
  const [, user = '', password = ''] = /^([^:]*):?(.*)$/.exec(text) ?? [];
  try {
    return {
      username: user === '' ? null : decodeURIComponent(user),
      password: password === '' ? null : new Secret(decodeURIComponent(password)),
    };
  } catch {
    return null; // a `%` that stands for nothing
  }
}
