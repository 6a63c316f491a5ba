/**
 * A fresh database cluster, as PostgreSQL calls the folder that one server serves: made by initdb, with the settings and the rules of
 * access of one test written into its files. Starting it is postmaster.ts's part.
 */
import { execFile } from 'node:child_process';
import { appendFileSync, chownSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createCertificates } from './certificates.ts';
import type { Account, Installation } from './installation.ts';

/** What is served, where, and to whom. */
export interface ClusterOptions {
  readonly installation: Installation;
  readonly account: Account;
  /** Of the cluster, its socket and its certificates. */
  readonly folder: string;
  readonly port: number;
  /** Of postgresql.conf, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** Asked for on TCP, by SCRAM. Without it everybody is trusted. */
  readonly password: string | undefined;
  /** Whether TCP connections may or must be encrypted. Without it they cannot be. */
  readonly tls: 'offered' | 'required' | undefined;
}

/** A cluster on the disk. */
export interface Cluster {
  /** PGDATA. */
  readonly folder: string;
  /** The authority that vouches for the server, in a file. Absent without TLS. */
  readonly caFile?: string;
  readonly caPem?: string;
}

/** The superuser that initdb makes. */
export const SUPERUSER = 'postgres';

/** Makes one in `options.folder`. Rejects with initdb's words if it cannot. */
export async function createCluster(options: ClusterOptions): Promise<Cluster> {
  const folder = join(options.folder, 'cluster');
  await initialize(folder, options);
  const tls = options.tls === undefined ? undefined : writeCertificates(options);
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(options.port),
    unix_socket_directories: options.folder,
    // In the cluster's folder, and not in the system's, where a server that is killed would leave it for ever.
    dynamic_shared_memory_type: 'mmap',
    ...tls?.settings,
    ...options.settings,
  };
  // In the file and not on the command line, which ALTER SYSTEM could not overrule.
  appendFileSync(join(folder, 'postgresql.conf'), Object.entries(settings).map(settingLine).join(''));
  writeFileSync(join(folder, 'pg_hba.conf'), accessRules(options));
  return { folder, ...tls?.authority };
}

async function initialize(folder: string, options: ClusterOptions): Promise<void> {
  const { installation, account, password } = options;
  const passwordFile = join(options.folder, 'password');
  if (password !== undefined) writeOwned(passwordFile, password, account);
  const args = ['-D', folder, '-U', SUPERUSER, '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'];
  if (password !== undefined) args.push('--pwfile', passwordFile);
  try {
    await promisify(execFile)(join(installation.folder, 'initdb'), args, { ...account, cwd: options.folder });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function writeCertificates({ folder, account }: ClusterOptions): {
  settings: Readonly<Record<string, string>>;
  authority: { caFile: string; caPem: string };
} {
  const { caPem, certificatePem, keyPem } = createCertificates();
  const [caFile, certificateFile, keyFile] = [
    join(folder, 'ca.pem'),
    join(folder, 'server.pem'),
    join(folder, 'server.key'),
  ] as const;
  writeFileSync(caFile, caPem);
  writeFileSync(certificateFile, certificatePem);
  writeOwned(keyFile, keyPem, account);
  return {
    settings: { ssl: 'on', ssl_cert_file: certificateFile, ssl_key_file: keyFile },
    authority: { caFile, caPem },
  };
}

/** Readable for the server alone: it refuses a key that others can read. */
function writeOwned(file: string, text: string, { uid, gid }: Account): void {
  writeFileSync(file, text, { mode: 0o600 });
  if (uid !== undefined && gid !== undefined) chownSync(file, uid, gid);
}

/** https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-CONFIGURATION-FILE */
function settingLine([name, value]: readonly [string, string]): string {
  return `${name} = '${value.replaceAll("'", "''")}'\n`;
}

/** https://www.postgresql.org/docs/current/auth-pg-hba-conf.html; the socket stays open for the tests themselves. */
function accessRules({ password, tls }: ClusterOptions): string {
  const kind = tls === 'required' ? 'hostssl' : 'host';
  const method = password === undefined ? 'trust' : 'scram-sha-256';
  return `local all all trust\n${kind} all all 127.0.0.1/32 ${method}\n`;
}
