/**
 * Finds the route of a request. Express asks its layers one after the other, which with two hundred
 * routes costs more than everything else a request does; this looks up fixed paths in a map and
 * walks a tree for the others.
 */
import type { Route } from '../route.ts';

export interface Found<Value> {
  value: Value;
  params: Record<string, string>;
}

export interface RouteTable<Value> {
  /** The entry for a method in upper case and a path without its query; undefined when there is none. */
  find(method: string, path: string): Found<Value> | undefined;
}

interface Node<Value> {
  children: Map<string, Node<Value>>;
  /** The child for any text. */
  wildcard: Node<Value> | undefined;
  /** By method: the entry, and the names of the parameters in the order of the path. */
  values: Map<string, { value: Value; names: readonly string[] }>;
}

const noParams: Record<string, string> = Object.freeze({});

/** Builds the table; fixed texts win over parameters at every level. */
export function routeTable<Value>(
  entries: Iterable<readonly [Pick<Route, 'method' | 'path'>, Value]>,
): RouteTable<Value> {
  const root: Node<Value> = aNode();
  const fixed = new Map<string, Value>();
  for (const [{ method, path }, value] of entries) {
    const name = method.toUpperCase();
    if (!path.includes('{')) fixed.set(`${name} ${path}`, value);
    plant(root, path, name, value);
  }
  return {
    find(method, path) {
      const name = method === 'HEAD' ? 'GET' : method;
      const value = fixed.get(`${name} ${path}`);
      if (value !== undefined) return { value, params: noParams };
      return climb(root, path, name);
    },
  };
}

function aNode<Value>(): Node<Value> {
  return { children: new Map(), wildcard: undefined, values: new Map() };
}

function plant<Value>(root: Node<Value>, path: string, method: string, value: Value): void {
  const names: string[] = [];
  let node = root;
  for (const segment of path.split('/').slice(1)) {
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name === undefined) {
      const child = node.children.get(segment) ?? aNode<Value>();
      node.children.set(segment, child);
      node = child;
    } else {
      names.push(name);
      node.wildcard ??= aNode();
      node = node.wildcard;
    }
  }
  if (node.values.has(method)) throw new Error(`two routes for ${method} ${path}`);
  node.values.set(method, { value, names });
}

function climb<Value>(root: Node<Value>, path: string, method: string): Found<Value> | undefined {
  const texts: string[] = [];
  let node = root;
  for (const segment of path.split('/').slice(1)) {
    const child = node.children.get(segment);
    if (child !== undefined) {
      node = child;
      continue;
    }
    const text = decoded(segment);
    if (node.wildcard === undefined || text === undefined || text === '') return undefined;
    texts.push(text);
    node = node.wildcard;
  }
  const found = node.values.get(method);
  if (found === undefined) return undefined;
  const named = found.names.map((name, place) => [name, texts[place] ?? ''] as const);
  return { value: found.value, params: Object.fromEntries(named) };
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
