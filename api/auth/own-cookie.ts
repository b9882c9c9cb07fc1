/**
 * Cookies that scripts cannot read and other sites cannot send. Over https they are bound to this
 * host by their name; over plain http, which only development uses, the prefix is not possible, and
 * the port in the name keeps two installations apart.
 */
import type { Request, Response } from 'express';

export interface OwnCookie {
  /** The value of a request; undefined when there is none, several, or one we never made. */
  read(request: Request, publicUrl: string): string | undefined;
  /** Puts a value into the answer; an empty one of no age removes the cookie. */
  set(response: Response, publicUrl: string, kept: { value: string; maxAgeSeconds: number }): void;
}

/** 256 random bits in base64url: what every cookie of ours holds. */
const valuePattern = /^[\w-]{43}$/;

/** The cookie called `label` in every installation. */
export function ownCookie(label: string): OwnCookie {
  const nameOf = (publicUrl: string) => {
    const { protocol, port } = new URL(publicUrl);
    return protocol === 'https:' ? `__Host-daftari-${label}` : `daftari-${label}-${port || '80'}`;
  };
  return {
    read: (request, publicUrl) => {
      const name = nameOf(publicUrl);
      const values = (request.get('cookie') ?? '')
        .split(';')
        .map((pair) => pair.trim().split('='))
        .filter(([key]) => key === name)
        .map(([, value = '']) => value);
      const [value] = values;
      const isOurs = values.length === 1 && value !== undefined && valuePattern.test(value);
      return isOurs ? value : undefined;
    },
    set: (response, publicUrl, { value, maxAgeSeconds }) => {
      response.cookie(nameOf(publicUrl), value, {
        path: '/',
        httpOnly: true,
        sameSite: 'strict',
        secure: publicUrl.startsWith('https:'),
        maxAge: maxAgeSeconds * 1000,
        encode: String,
      });
    },
  };
}
