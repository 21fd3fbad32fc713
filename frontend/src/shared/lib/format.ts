/** Numbers as people read them. Units stand in the names of the arguments. */
const MEMORY_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

export function showMemory(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined || Number.isNaN(bytes)) return "–";
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < MEMORY_UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = value >= 100 || unit === 0 ? 0 : 1;
  return `${value.toFixed(digits).replace(/\.0$/, "")} ${MEMORY_UNITS[unit]}`;
}

/** Per cent of one core, as `docker stats` shows it. */
export function showCpuShare(cpu_millis: number | null | undefined): string {
  if (cpu_millis === null || cpu_millis === undefined || Number.isNaN(cpu_millis)) return "–";
  const percent = cpu_millis / 10;
  return `${percent >= 10 || percent === 0 ? percent.toFixed(0) : percent.toFixed(1)} %`;
}

export function showCores(cpu_millis: number | null | undefined): string {
  if (cpu_millis === null || cpu_millis === undefined || Number.isNaN(cpu_millis)) return "–";
  const cores = cpu_millis / 1000;
  return cores >= 10 ? cores.toFixed(0) : cores.toFixed(2).replace(/\.?0+$/, "");
}

/** Of one GPU, in thousandths. */
export function showGpuShare(millis: number): string {
  return `${millis / 10} %`;
}

const counters = new Map<string, Intl.NumberFormat>();

export function showCount(value: number, language: string): string {
  let counter = counters.get(language);
  // To make one takes a hundred times as long as to use it.
  if (!counter) counters.set(language, (counter = new Intl.NumberFormat(language)));
  return counter.format(value);
}

/** `3s`, `12m`, `4h`, `9d`: the age of something, in one glance. */
export function showAge(milliseconds: number): string {
  if (Number.isNaN(milliseconds)) return "–";
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 48 * 3_600) return `${Math.floor(seconds / 3_600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

/** Local time, in the one order that sorts and needs no language: `2026-11-22 12:58:01`. */
export function showMoment(iso: string | null): string {
  if (iso === null) return "–";
  const at = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  return `${day} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":")}`;
}

/** The last part of an image's reference: `registry:5000/shop/web:1.4` -> `web:1.4`. */
export function shortImage(image: string): string {
  return image.slice(image.lastIndexOf("/") + 1).replace(/@sha256:([0-9a-f]{8})[0-9a-f]*$/, "@$1");
}
