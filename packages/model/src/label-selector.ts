/** One requirement of a label selector (Kubernetes LabelSelectorRequirement). */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values: readonly string[];
}

/** A Kubernetes label selector: every label and every requirement must hold; an empty one matches everything. */
export interface LabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly LabelRequirement[];
}

/** Labels of an object. */
export type Labels = Readonly<Record<string, string>>;

/** Whether the labels satisfy the selector. */
export function selectorMatches(selector: LabelSelector, labels: Labels): boolean {
  // Not what every object inherits: "constructor" is a legal label.
  const labelOf = (key: string) => (Object.hasOwn(labels, key) ? labels[key] : undefined);
  return (
    Object.entries(selector.matchLabels).every(([key, value]) => labelOf(key) === value) &&
    selector.matchExpressions.every((requirement) => requirementHolds(requirement, labelOf(requirement.key)))
  );
}

/** Whether any selector of a list matches. What an empty list means is the caller's: "all" for most, "none" for a union. */
export function anySelectorMatches(selectors: readonly LabelSelector[], labels: Labels): boolean {
  return selectors.some((selector) => selectorMatches(selector, labels));
}

// As in Kubernetes, NotIn and DoesNotExist hold for an object without the label.
function requirementHolds({ operator, values }: LabelRequirement, value: string | undefined): boolean {
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
  }
}
