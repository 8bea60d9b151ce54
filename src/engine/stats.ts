import { type Fields, inner, number } from './decode';
import type { Engine } from './http';
import { JsonLines } from './streams';

/** What a container uses now. */
export interface Stats {
  /** Of one processor: 150 is one and a half. */
  readonly cpuPercent: number;
  /** Bytes, without what the kernel merely caches. */
  readonly memory: number;
  /** Bytes; 0 where there is none. */
  readonly memoryLimit: number;
}

/** Follows a running container's figures, about one a second, until the signal or the container ends. */
export async function* followStats(engine: Engine, id: string, signal: AbortSignal): AsyncGenerator<Stats> {
  const lines = new JsonLines();
  for await (const chunk of await engine.stream({
    path: ['containers', id, 'stats'],
    query: { stream: true },
    signal,
  })) {
    for (const value of lines.push(chunk)) yield decodeStats(inner(value));
  }
}

/** As `docker stats` reckons: the container's share of all processors' time, and memory less its inactive files. */
export function decodeStats(raw: Fields): Stats {
  const [now, before] = [inner(raw.cpu_stats), inner(raw.precpu_stats)];
  const used = number(inner(now.cpu_usage).total_usage) - number(inner(before.cpu_usage).total_usage);
  const all = number(now.system_cpu_usage) - number(before.system_cpu_usage);
  const perCpu = inner(now.cpu_usage).percpu_usage;
  const processors = number(now.online_cpus) || (Array.isArray(perCpu) ? perCpu.length : 1);
  const memory = inner(raw.memory_stats);
  const { total_inactive_file: v1, inactive_file: v2 } = inner(memory.stats);
  return {
    cpuPercent: used > 0 && all > 0 && number(before.system_cpu_usage) > 0 ? (used / all) * processors * 100 : 0,
    memory: Math.max(0, number(memory.usage) - (number(v1) || number(v2))),
    memoryLimit: number(memory.limit),
  };
}
