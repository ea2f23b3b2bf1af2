/** What is used of it: https://github.com/web-push-libs/web-push. It sends nothing here. */
declare module 'web-push' {
  const webPush: {
    /** RFC 8291 over RFC 8188. @param userPublicKey and `userAuth` base64url */
    encrypt(
      userPublicKey: string,
      userAuth: string,
      payload: string,
      contentEncoding: 'aes128gcm',
    ): { cipherText: Buffer }
    /** RFC 8292. @param expiration seconds since the epoch */
    getVapidHeaders(
      audience: string,
      subject: string,
      publicKey: string,
      privateKey: string,
      contentEncoding: 'aes128gcm',
      expiration: number,
    ): { Authorization: string }
  }
  export = webPush
}
