/**
 * A certificate that signed itself, and its key, for the tests of this room. Made once with `openssl req -x509 -newkey ec`; nothing in
 * the world trusts it, and it says so: its subject is `notifierd test`.
 */

/** Valid for a hundred years. */
export const TEST_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBiTCCAS+gAwIBAgIUJTKanXa8MtPFDVB6uE121qJVO+QwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwObm90aWZpZXJkIHRlc3QwIBcNMjYxMTIyMTkzMDQwWhgPMjEy
NjEwMjkxOTMwNDBaMBkxFzAVBgNVBAMMDm5vdGlmaWVyZCB0ZXN0MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAE0oRLFjNMXVzpEOtYmBQbNmeag8Ym6grb+LJ4mkvT
9YM6PqeCYtjABavu8lkBC74JyV3vj49Ozazx5mZ8RAmKraNTMFEwHQYDVR0OBBYE
FB7PXy5Hn4cSl+O+DIS9XAo5ywuyMB8GA1UdIwQYMBaAFB7PXy5Hn4cSl+O+DIS9
XAo5ywuyMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIga7ByAmH+
OHmwGOvaFYaMLHGc9PJayh//XsjJ/w8Dxz0CIQDpiRXHiDTWUslyxe6zJSgwuNJL
B3Qs4bfbkutay7nA/g==
-----END CERTIFICATE-----
`;

/** The key that belongs to it, without a passphrase. */
export const TEST_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg/8FJRt0I6u8EJXdD
dnZClD0CIWUC1WpofkfEklmzK76hRANCAATShEsWM0xdXOkQ61iYFBs2Z5qDxibq
Ctv4sniaS9P1gzo+p4Ji2MAFq+7yWQELvgnJXe+Pj07NrPHmZnxECYqt
-----END PRIVATE KEY-----
`;
