import { Agent } from 'node:https';

interface Shared {
  readonly agent: Agent;
  users: number;
}

const open = new Map<string, Shared>();

/** Sockets to a hub are the same whichever policy signs; the last one who lets go closes them. */
export function takeAgent(
  host: string,
  port: number,
  ca: string | undefined,
): { readonly agent: Agent; release(): void } {
  const key = JSON.stringify([host, port, ca]);
  const shared = open.get(key) ?? {
    agent: new Agent({ keepAlive: true, port, ...(ca ? { ca } : {}) }),
    users: 0,
  };
  shared.users++;
  open.set(key, shared);
  let isReleased = false;
  return {
    agent: shared.agent,
    release: () => {
      if (isReleased) return;
      isReleased = true;
      if (--shared.users > 0) return;
      open.delete(key);
      shared.agent.destroy();
    },
  };
}
