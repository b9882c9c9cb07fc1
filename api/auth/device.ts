/** What a person recognises a device by, from the header a browser sends: `Firefox on Android`. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/Edg(?:e|A|iOS)?\//, 'Edge'],
  [/OPR\/|Opera/, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
  [/^node|undici/i, 'Node.js'],
  [/curl\//, 'curl'],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/Android/, 'Android'],
  [/iPhone|iPad|iPod/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

const programs = ['Node.js', 'curl', 'Unknown'];

/** Whether a device is a program, which keeps no cookies, as far as its name tells. */
export function isProgram(device: string): boolean {
  return programs.some((name) => device === name || device.startsWith(`${name} on `));
}

/** The name of a device; only names of this table come out, never the header itself. */
export function deviceOf(userAgent: string | undefined): string {
  const named = (table: typeof browsers) =>
    table.find(([pattern]) => pattern.test(userAgent ?? ''))?.[1];
  return [named(browsers) ?? 'Unknown', named(systems)]
    .filter((name) => name !== undefined)
    .join(' on ');
}
