import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { promisify } from 'node:util';

/** A certificate for 127.0.0.1 that it signed itself, as PEM and in files. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
  readonly keyFile: string;
  readonly certFile: string;
  /** Removes the files. */
  close(): Promise<void>;
}

export async function selfSigned(): Promise<Certificate> {
  const folder = await mkdtemp(path.join(tmpdir(), 'suffice-tls-'));
  const [keyFile, certFile] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  const name = ['-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const made = ['-keyout', keyFile, '-out', certFile, '-days', '1'];
  await promisify(execFile)('openssl', ['req', '-x509', ...curve, ...made, ...name]);
  const [key, cert] = await Promise.all([readFile(keyFile, 'utf8'), readFile(certFile, 'utf8')]);
  return { key, cert, keyFile, certFile, close: () => rm(folder, { recursive: true }) };
}

/**
 * Has all connections trust the certificate, as `NODE_EXTRA_CA_CERTS` does, which is read at the start of a process only.
 *
 * @returns ends that; may be called again
 */
export function trust({ cert }: Certificate): () => void {
  const { connect } = tls;
  const trusting = (options: tls.ConnectionOptions) => connect({ ...options, ca: cert });
  Object.assign(tls, { connect: trusting });
  return () => {
    Object.assign(tls, { connect });
  };
}
