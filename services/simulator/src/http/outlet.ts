import type { ServerResponse } from 'node:http';
import { constants, createGzip } from 'node:zlib';

/** Where the body of an answer goes, once its head is set. */
export interface Outlet {
  /** Resolves when there is room for more, or when the signal fires. */
  readonly write: (bytes: Buffer, signal: AbortSignal) => Promise<void>;
  readonly end: (bytes?: Buffer) => void;
  /** Resolves when what was ended has been handed to the connection. */
  readonly settled: () => Promise<void>;
  readonly flushHeaders: () => void;
  /** Breaks the connection. */
  readonly reset: () => void;
}

/** An outlet whose bytes go out as they are; `wrote` sees them. */
export function plainOutlet(res: ServerResponse, wrote: (bytes: Buffer) => void): Outlet {
  return {
    write: (bytes, signal) => {
      wrote(bytes);
      return writeTo(res, bytes, signal);
    },
    end: (bytes) => {
      if (bytes !== undefined) wrote(bytes);
      res.end(bytes);
    },
    settled: () => Promise.resolve(),
    flushHeaders: () => res.flushHeaders(),
    reset: () => res.socket?.resetAndDestroy(),
  };
}

function writeTo(res: ServerResponse, bytes: Buffer, signal: AbortSignal): Promise<void> {
  const roomLeft = res.write(bytes);
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    } else if (roomLeft) {
      // other streams get their turn between two writes
      setImmediate(resolve);
    } else {
      const goOn = (): void => {
        res.off('drain', goOn);
        signal.removeEventListener('abort', goOn);
        resolve();
      };
      res.on('drain', goOn);
      signal.addEventListener('abort', goOn);
    }
  });
}

/** An outlet that compresses; each write goes out at once, so that a stream still streams. `wrote` sees what goes out. */
export function gzipOutlet(res: ServerResponse, wrote: (bytes: Buffer) => void): Outlet {
  const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
  const closed = new Promise<void>((resolve) => {
    gzip.once('close', resolve);
  });
  gzip.on('data', wrote);
  gzip.pipe(res);
  // a write that waits for a client that has left must not wait for ever
  res.once('close', () => gzip.destroy());
  return {
    ...plainOutlet(res, wrote),
    write: (bytes) =>
      new Promise((resolve) => {
        gzip.write(bytes, () => resolve());
      }),
    end: (bytes) => void gzip.end(bytes),
    settled: () => closed,
  };
}
