/** What a key is beside its name, values and keys (`KeyAttributes`): content, unlike the time of its last write. */
import { equalData } from './equal-data.ts';
import type { KeyAttributes, RegistryKey } from './hive.ts';

const none: KeyAttributes = Object.freeze({});
const noData = new Uint8Array(0);

type WithAttributes = Pick<RegistryKey, 'kind' | 'attributes'>;

/** A key's attributes in their one form: what is empty is absent, and a delete entry has none. */
export function attributesOf({ kind, attributes }: WithAttributes): KeyAttributes {
  return attributes === undefined || kind === 'delete-entry' ? none : attributesWith(attributes, {});
}

/** Whether a key has any attribute. */
export function hasAttributes(key: WithAttributes): boolean {
  if (key.attributes === undefined) return false;
  const { className, security, link } = attributesOf(key);
  return className !== undefined || security !== undefined || link !== undefined;
}

/** Whether two keys have the same attributes. */
export function equalAttributes(a: WithAttributes, b: WithAttributes): boolean {
  if (a.attributes === b.attributes && a.kind === b.kind) return true;
  const ours = a.kind === 'delete-entry' ? none : (a.attributes ?? none);
  const theirs = b.kind === 'delete-entry' ? none : (b.attributes ?? none);
  return (
    (ours.className ?? '') === (theirs.className ?? '') &&
    ours.link === theirs.link &&
    equalData(ours.security ?? noData, theirs.security ?? noData)
  );
}

/** What replaces a key's attributes; an empty text or descriptor and `false` take one away. */
export interface AttributeChanges {
  readonly className?: string;
  readonly security?: Uint8Array;
  readonly link?: boolean;
}

/** Attributes with changes, in their one form. */
export function attributesWith(
  attributes: KeyAttributes | undefined,
  changes: AttributeChanges,
): KeyAttributes {
  const className = changes.className ?? attributes?.className ?? '';
  const security = changes.security ?? attributes?.security;
  const link = changes.link ?? attributes?.link ?? false;
  return {
    ...(className !== '' && { className }),
    ...(security !== undefined && security.length > 0 && { security }),
    ...(link && { link }),
  };
}
