/** What a JSON Schema of values says, as far as the table needs it. */
export interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/**
 * The Markdown table of all values: name, meaning, default.
 *
 * @throws Error for a value that the schema does not know, has no description of, or that has no default.
 */
export function valuesTable(schema: Schema, defaults: unknown): string {
  const { global: _, ...own } = schema.properties ?? {}; // Helm's, not Fairlead's
  const rows = leaves("", { ...schema, properties: own }, defaults);
  return `\n| Value | Meaning | Default |\n|---|---|---|\n${rows.join("\n")}\n\n`;
}

function leaves(path: string, schema: Schema, value: unknown): string[] {
  const fault = (must: string): never => {
    throw new Error(`Cannot make the table of values: ${path || "the root"} ${must}`);
  };
  if (value === undefined) return fault("must have a default in values.yaml");
  if (schema.properties === undefined) {
    const { description = fault("must have a description in values.schema.json") } = schema;
    return [`| \`${path}\` | ${description}${choices(schema)} | \`${JSON.stringify(value)}\` |`];
  }
  const values = value as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(values).filter((name) => schema.properties?.[name] === undefined);
  if (unknown.length > 0) return fault(`must have only what values.schema.json has, got: ${unknown.join(", ")}`);
  return Object.entries(schema.properties).flatMap(([name, property]) =>
    leaves(path === "" ? name : `${path}.${name}`, property, values[name]),
  );
}

function choices({ enum: values, minimum, maximum }: Schema): string {
  if (values !== undefined) return ` One of ${values.map((value) => `\`${JSON.stringify(value)}\``).join(", ")}.`;
  return minimum !== undefined && maximum !== undefined ? ` From ${minimum} to ${maximum}.` : "";
}
