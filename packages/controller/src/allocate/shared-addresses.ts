import type { ObjectIdentity, Service } from "@fairlead/model";
import type { AllocationIndex } from "./allocation-index.ts";
import type { Overlay } from "./overlay.ts";

/** Who is asked about Services. */
export interface KnownServices {
  readonly services: readonly Service[];
  /** The Service of an identity; undefined if it is gone or cannot be read. */
  readonly serviceOf: (identity: ObjectIdentity) => Service | undefined;
}

/** The addresses of Services that would share them, by their sharing key. Few have one: looked up when the first asks. */
export class SharedAddresses {
  readonly #index: AllocationIndex;
  readonly #overlay: Overlay;
  readonly #known: KnownServices;
  #names: Map<string, Set<string>> | undefined;

  constructor(index: AllocationIndex, overlay: Overlay, known: KnownServices) {
    this.#index = index;
    this.#overlay = overlay;
    this.#known = known;
  }

  /** Names of the records that a Service with this key has, or had when it was first asked. */
  under(key: string): ReadonlySet<string> {
    this.#names ??= this.#look();
    return this.#names.get(key) ?? new Set();
  }

  /** A Service has come to an address. */
  note(holder: ObjectIdentity, name: string): void {
    if (this.#names !== undefined) this.#add(this.#names, holder, name);
  }

  #look(): Map<string, Set<string>> {
    const names = new Map<string, Set<string>>();
    for (const service of this.#known.services) {
      if (service.sharingKey === "") continue;
      for (const { name } of this.#index.ofService(service.uid)) this.#add(names, service, name);
    }
    for (const { name, holders } of this.#overlay.changes.values()) {
      for (const holder of holders) this.#add(names, holder, name);
    }
    return names;
  }

  #add(names: Map<string, Set<string>>, holder: ObjectIdentity, name: string): void {
    const key = this.#known.serviceOf(holder)?.sharingKey ?? "";
    if (key === "") return;
    const known = names.get(key);
    if (known === undefined) names.set(key, new Set([name]));
    else known.add(name);
  }
}
