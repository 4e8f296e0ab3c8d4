/** Where an image is. */
export interface ImageReference {
  /** Registry and path: `registry.example:5000/fairlead`. */
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:` and 64 hexadecimal digits; counts before the tag. */
  readonly digest?: string;
}

const REFERENCE =
  /^(?<repository>([^\s@:/]+(:[0-9]+)?\/)?[^\s@:]+)(:(?<tag>\w[\w.-]{0,127}))?(@(?<digest>sha256:[0-9a-f]{64}))?$/;

/** Reads `NAME[:TAG][@DIGEST]`. @throws Error for what is none. */
export function parseImageReference(text: string): ImageReference {
  const { repository, tag, digest } = REFERENCE.exec(text)?.groups ?? {};
  if (repository === undefined)
    throw new Error(`Cannot read the image's name: it must be NAME[:TAG][@sha256:DIGEST], got ${JSON.stringify(text)}`);
  return { repository, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}
