/** Seconds as docker says them, in the largest unit of which there are two or more: `45 seconds`, `About an hour`. */
export function humanDuration(seconds: number): string {
  const hours = seconds / 3600;
  if (seconds < 1) return 'Less than a second';
  if (seconds < 60) return count(seconds, 'second');
  if (seconds < 120) return 'About a minute';
  if (hours < 1) return count(seconds / 60, 'minute');
  const rounded = Math.floor(hours + 0.5);
  if (rounded === 1) return 'About an hour';
  if (rounded < 48) return count(rounded, 'hour');
  const days = rounded / 24;
  if (days < 14) return count(days, 'day');
  if (days < 60) return count(days / 7, 'week');
  if (days < 730) return count(days / 30, 'month');
  return count(hours / 24 / 365, 'year');
}

/** Bytes in units of 1000, with so many digits: `7.8MB`, as docker shows images. */
export function humanSize(bytes: number, digits = 3): string {
  return scaled(bytes, digits, 1000, ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB']);
}

/** Bytes in units of 1024, with four digits: `3.42GiB`, as docker shows memory. */
export function memorySize(bytes: number): string {
  return scaled(bytes, 4, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']);
}

function count(value: number, unit: string): string {
  const whole = Math.floor(value);
  return `${whole} ${unit}${whole === 1 ? '' : 's'}`;
}

function scaled(bytes: number, digits: number, base: number, units: readonly string[]): string {
  let [value, unit] = [bytes, 0];
  while (value >= base && unit < units.length - 1) {
    value /= base;
    unit++;
  }
  return `${Number(value.toPrecision(digits))}${units[unit]}`;
}
