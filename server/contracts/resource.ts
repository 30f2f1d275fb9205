/** The type of a resource: text that a client reads by its URI. `resources/index.ts` lists all resources. */

export interface Resource {
  readonly name: string;
  /** A URI, or a template of URIs such as `notes://{id}` (RFC 6570). */
  readonly uri: string;
  readonly title: string;
  readonly description: string;
  readonly mimeType: string;
  /**
   * @param variables of the template, by their names
   * @returns the text; undefined when there is none at this URI
   */
  readonly read: (variables: Readonly<Record<string, string>>) => string | undefined | Promise<string | undefined>;
}
