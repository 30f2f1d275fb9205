/**
 * A self-signed certificate, written by hand: Node makes keys and signatures, but no
 * certificates. Source: RFC 5280, section 4.1; X.690 for the encoding.
 */
import { generateKeyPairSync, sign } from "node:crypto";

export interface KeyAndCertificate {
  readonly key: string;
  readonly cert: string;
}

const DAY_MS = 86_400_000;

/** @param address the one that it is made out for, besides the name `localhost` */
export function selfSigned(expiresAt: Date, address: readonly number[] = [127, 0, 0, 1]): KeyAndCertificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const names = sequence(der(0x82, Buffer.from("localhost")), der(0x87, Uint8Array.from(address)));
  const validFrom = new Date(expiresAt.getTime() - 90 * DAY_MS);
  const tbs = sequence(
    der(0xa0, integer(2)),
    integer(1),
    ECDSA_WITH_SHA256,
    NAME,
    sequence(utcTime(validFrom), utcTime(expiresAt)),
    NAME,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(extension([0x55, 0x1d, 0x13], CA), extension([0x55, 0x1d, 0x11], names))),
  );
  const certificate = sequence(tbs, ECDSA_WITH_SHA256, bits(sign("sha256", tbs, privateKey)));
  const base64 = certificate.toString("base64").replace(/.{64}/g, "$&\n");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
  };
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Uint8Array.of(tag, ...size), body]);
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const integer = (value: number): Buffer => der(0x02, Uint8Array.of(value));
const bits = (content: Uint8Array): Buffer => der(0x03, Uint8Array.of(0), content);
const utcTime = (date: Date): Buffer =>
  der(0x17, Buffer.from(`${date.toISOString().replace(/^..|[-:T]|\.\d+/g, "")}`, "ascii"));
const extension = (id: readonly number[], value: Uint8Array): Buffer =>
  sequence(der(0x06, Uint8Array.from(id)), der(0x04, value));

const ECDSA_WITH_SHA256 = sequence(der(0x06, Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)));
const COMMON_NAME = der(0x06, Uint8Array.of(0x55, 0x04, 0x03));
const NAME = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from("localhost")))));
/** It is its own authority. */
const CA = sequence(der(0x01, Uint8Array.of(0xff)));
