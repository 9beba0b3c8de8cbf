/**
 * Loaded before a program whose memory is measured: leaves its peak in the file that `PEAK_FILE` names.
 *
 * @module
 */
globalThis.addEventListener("unload", () => {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(Deno.readTextFileSync("/proc/self/status")) ?? [];
  Deno.writeTextFileSync(Deno.env.get("PEAK_FILE")!, String(Number(kilobytes) * 1024));
});
