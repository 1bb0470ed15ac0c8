import type { LocalHubEndpoints, LogLevel, PortName } from './control/contract';

export type { LocalHubEndpoints, LogLevel, PortName } from './control/contract';

export interface StartLocalHubOptions {
  /** The built program, `dist/localHub.js`. */
  readonly program: string;
  /** Node to run it with; VS Code's own binary works because the child gets `ELECTRON_RUN_AS_NODE=1`. */
  readonly nodePath: string;
  /** Where the hub keeps its data; one hub process for one folder, however many windows ask for it. */
  readonly dataFolder: string;
  /** Ports to ask for; 0 means any free one, and a port in use moves to a free one. */
  readonly ports?: Partial<Record<PortName, number>>;
  /** Seeds the sample devices and lets one of them send telemetry. */
  readonly sample?: boolean;
  /** Receives the hub's diagnostics: never a key, token or payload. */
  readonly onLog?: (level: LogLevel, text: string) => void;
}

/** A window's hold on the hub process. The process ends soon after its last lease is gone. */
export interface LocalHubLease {
  readonly endpoints: LocalHubEndpoints;
  /** Resolves once the hub is gone: asked to stop here or in another window (`stopped`), or died (`crashed`). */
  readonly ended: Promise<{ readonly kind: 'stopped' | 'crashed'; readonly reason: string }>;
  /** Stops the hub for every window; resolves when the process has closed its files. */
  stop(): Promise<void>;
  /** Stops the hub and deletes devices, messages and keys; the next start makes new ones. */
  reset(): Promise<void>;
  /** Lets go without stopping the hub for others. */
  release(): void;
}

/**
 * Starts the hub process of a data folder, or joins the one that already runs: idempotent, and safe when
 * several windows do it at once.
 * @throws Error with one clear sentence when the process does not come up.
 */
export declare function startLocalHub(options: StartLocalHubOptions, signal?: AbortSignal): Promise<LocalHubLease>;
