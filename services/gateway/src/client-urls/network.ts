import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Agent, type Dispatcher } from 'undici';

/** The way to hosts that clients name: first their addresses, then a connection to exactly those. */
export interface Network {
  /** All addresses of a host name; none when no name server knows it. */
  readonly resolve: (host: string, signal: AbortSignal) => Promise<readonly string[]>;
  /** Connects to one of these addresses whatever host a URL names; whoever asks for it closes it. */
  readonly dispatcherTo: (addresses: readonly string[]) => Dispatcher;
}

/** A name server that does not answer is asked twice. */
const RESOLVER_OPTIONS = { timeout: 2_000, tries: 2 };

export interface NetworkOptions {
  /** Name servers (`address:port`) in place of the machine's own. */
  readonly nameServers?: readonly string[];
}

/**
 * The internet, without the proxy of the environment: that would look names up once more, by itself. Names are looked up
 * by asking the name servers, not through the system: a slow one would hold one of the few threads that the process
 * has for looking up its backend and for inflating bodies, and the machine's own hosts file is nobody else's business.
 */
export function createNetwork({ nameServers }: NetworkOptions = {}): Network {
  return {
    resolve: async (host, signal) => {
      const resolver = new Resolver(RESOLVER_OPTIONS);
      if (nameServers) resolver.setServers(nameServers);
      signal.addEventListener('abort', () => resolver.cancel(), { once: true });
      const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
      return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    },
    dispatcherTo: (addresses) =>
      new Agent({
        connect: {
          autoSelectFamily: true,
          lookup: (_host, _options, found) =>
            found(
              null,
              addresses.map((address) => ({ address, family: isIP(address) })),
            ),
        },
        allowH2: false,
        pipelining: 1,
      }),
  };
}
