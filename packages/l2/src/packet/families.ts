/** What an address's family is on the wire. */
export const FAMILIES = new Map([
  [4, 4 as const],
  [6, 6 as const],
]);
