import { allocationName } from "@fairlead/kube";
import {
  type Allocation,
  type IPClaim,
  isClaimFor,
  type ObjectIdentity,
  type Pool,
  type Service,
  type ShareConflict,
  shareConflict,
} from "@fairlead/model";
import { compareAddresses, type Family, formatAddress, type IpAddress } from "@fairlead/net";
import { type AllocationIndex, quotaKey } from "./allocation-index.ts";
import { FreeAddresses } from "./free-addresses.ts";
import { poolHas } from "./in-pool.ts";
import { Overlay } from "./overlay.ts";
import { type KnownServices, SharedAddresses } from "./shared-addresses.ts";

/** A Service that another cannot share an address with, and why. */
export interface AddressConflict {
  readonly holder: ObjectIdentity;
  readonly conflict: ShareConflict;
}

/** Who a ledger asks about holders and reservations. */
export interface Known extends KnownServices {
  readonly claims: readonly IPClaim[];
}

/**
 * Who has which address, while one decision is made: the records, and above them what the decision takes. Addresses are
 * only added: what a Service gives up in a decision is free for others once it has been given up in truth.
 */
export class Ledger {
  readonly #index: AllocationIndex;
  readonly #known: Known;
  readonly #overlay: Overlay;
  readonly #shared: SharedAddresses;
  readonly #vacant = new Map<string, Allocation>();
  /** What can be given out. */
  readonly free: FreeAddresses;
  readonly #claims: ReadonlyMap<string, IPClaim>;

  constructor(index: AllocationIndex, known: Known) {
    this.#index = index;
    this.#known = known;
    this.#overlay = new Overlay(index);
    this.#shared = new SharedAddresses(index, this.#overlay, known);
    this.free = new FreeAddresses(index, this.#overlay, this.#vacant);
    this.#claims = new Map(known.claims.map((claim) => [claim.uid, claim]));
  }

  /** How an address stands; undefined if it is free. */
  at(address: IpAddress): Allocation | undefined {
    return this.#overlay.at(address);
  }

  /** Records how an address stands from now on. */
  put(allocation: Allocation): void {
    this.#overlay.put(allocation);
    for (const holder of allocation.holders) this.#shared.note(holder, allocation.name);
  }

  /** What {@link rollback} goes back to. */
  mark(): number {
    return this.#overlay.mark();
  }

  /** Forgets everything that was put since a mark. */
  rollback(mark: number): void {
    this.#overlay.rollback(mark);
  }

  /** Gives an address to a Service, beside those that have it already. */
  take(address: IpAddress, pool: string, service: ObjectIdentity): Allocation {
    const { released: _, ...before } = this.#standing(address, pool);
    const allocation = { ...before, pool, holders: [...before.holders, identityOf(service)] };
    this.put(allocation);
    return allocation;
  }

  /** Notes that an address can be had from its holders, which are gone, though it is not free yet. */
  vacate(record: Allocation): void {
    this.#vacant.set(record.name, record);
    this.put({ ...record, holders: [] });
  }

  /** Whether an address that was vacated was given to another. */
  isTakenAnew({ name }: Allocation): boolean {
    return this.#vacant.has(name) && (this.#overlay.changes.get(name)?.holders.length ?? 0) > 0;
  }

  /** Reserves an address for an IPClaim, whoever holds it. */
  reserve(address: IpAddress, pool: string, claim: ObjectIdentity): Allocation {
    const { released: _, ...before } = this.#standing(address, pool);
    const allocation = { ...before, claim: identityOf(claim) };
    this.put(allocation);
    return allocation;
  }

  /**
   * Why a Service cannot share an address with those that were there before it; undefined if it can, or if there are
   * none.
   */
  conflict(service: Service, { holders }: Pick<Allocation, "holders">): AddressConflict | undefined {
    for (const holder of holders) {
      if (holder.uid === service.uid) return undefined;
      const conflict = shareConflict(service, this.#known.serviceOf(holder));
      if (conflict !== undefined) return { holder, conflict };
    }
    return undefined;
  }

  /** Whether an address is reserved for others than this Service. */
  isReserved(service: Service, { claim }: Pick<Allocation, "claim">): boolean {
    if (claim === undefined) return false;
    const known = this.#claims.get(claim.uid);
    return known === undefined || !isClaimFor(known, service);
  }

  /** Whether a Service that does not hold an address may join those that do. */
  canJoin(service: Service, standing: Allocation): boolean {
    const isHolder = standing.holders.some(({ uid }) => uid === service.uid);
    if (standing.holders.length === 0 || isHolder || this.isReserved(service, standing)) return false;
    return this.conflict(service, standing) === undefined;
  }

  /** The addresses of a family that IPClaims reserve for a Service and nobody holds, ascending. */
  reservedFor(service: Service, family: Family): Allocation[] {
    return this.#known.claims
      .filter((claim) => isClaimFor(claim, service))
      .flatMap(({ uid }) => this.#index.ofClaim(uid).map(({ name }) => this.#overlay.byName(name)))
      .filter((one) => one !== undefined)
      .filter(({ ip, holders }) => ip.family === family && holders.length === 0)
      .sort(byAddress);
  }

  /** The lowest address of a family in a pool that a Service may join others on. */
  lowestShareable(service: Service, pool: Pool, family: Family): IpAddress | undefined {
    if (service.sharingKey === "") return undefined;
    return [...this.#shared.under(service.sharingKey)]
      .map((name) => this.#overlay.byName(name))
      .filter((one) => one !== undefined)
      .filter((one) => one.ip.family === family && poolHas(pool, one.ip) && this.canJoin(service, one))
      .sort(byAddress)[0]?.ip;
  }

  /** Whether nobody has an address, known or unknown. */
  isFree(address: IpAddress): boolean {
    return this.#overlay.isFree(address);
  }

  /** Whether the Services and IPClaims of a namespace have as many addresses of a family from a pool as they may. */
  isQuotaUsed({ name, namespaceQuota }: Pool, family: Family, namespace: string): boolean {
    if (namespaceQuota === undefined) return false;
    return this.#overlay.count(quotaKey(name, family, namespace)) >= namespaceQuota;
  }

  // As it is, or as one that is still to be recorded.
  #standing(ip: IpAddress, pool: string): Allocation {
    const name = allocationName(ip);
    return (
      this.#overlay.byName(name) ?? { name, uid: "", version: "", ip, address: formatAddress(ip), pool, holders: [] }
    );
  }
}

function identityOf({ namespace, name, uid }: ObjectIdentity): ObjectIdentity {
  return { namespace, name, uid };
}

function byAddress(a: Allocation, b: Allocation): number {
  return compareAddresses(a.ip, b.ip);
}
