const began = performance.now();

/** Tells what comes next, with the seconds since the start. */
export function say(text: string): void {
  console.log(`\n[${((performance.now() - began) / 1000).toFixed(1)} s] ${text}`);
}

/** Text to be shown below what was said. */
export function indent(text: string): string {
  return text.replaceAll(/^/gm, "      ");
}
