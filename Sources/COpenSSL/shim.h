/* What Swift needs of OpenSSL 3, and the few calls that are clearer in C: callbacks, buffers of two passes. */
#ifndef AMPHI_COPENSSL_SHIM_H
#define AMPHI_COPENSSL_SHIM_H

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

/* Refuses every passphrase. Without a callback, PEM_read_bio_* "prompts for the pass phrase on the current terminal".
 * https://docs.openssl.org/3.0/man3/PEM_read_bio_PrivateKey/ */
static inline int amphi_no_passphrase(char *buffer, int size, int writing, void *context) {
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1;
}

/* The unencrypted private key of a PEM text, owned by the caller, or NULL. */
static inline EVP_PKEY *amphi_private_key(const char *pem, int length) {
    BIO *bio = BIO_new_mem_buf(pem, length);
    if (bio == NULL) return NULL;
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, amphi_no_passphrase, NULL);
    BIO_free(bio);
    return key;
}

/* The public key (SubjectPublicKeyInfo) of a PEM text, owned by the caller, or NULL. */
static inline EVP_PKEY *amphi_public_key(const char *pem, int length) {
    BIO *bio = BIO_new_mem_buf(pem, length);
    if (bio == NULL) return NULL;
    EVP_PKEY *key = PEM_read_bio_PUBKEY(bio, NULL, amphi_no_passphrase, NULL);
    BIO_free(bio);
    return key;
}

/* The RSA public key of a modulus and an exponent (big-endian), owned by the caller, or NULL. */
static inline EVP_PKEY *amphi_rsa_public_key(const unsigned char *n, int n_length,
                                             const unsigned char *e, int e_length) {
    EVP_PKEY *key = NULL;
    BIGNUM *modulus = BN_bin2bn(n, n_length, NULL);
    BIGNUM *exponent = BN_bin2bn(e, e_length, NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM *parameters = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    if (modulus != NULL && exponent != NULL && builder != NULL && context != NULL
        && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) == 1
        && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent) == 1
        && (parameters = OSSL_PARAM_BLD_to_param(builder)) != NULL
        && EVP_PKEY_fromdata_init(context) == 1
        && EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1) {
        key = NULL;
    }
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    BN_free(exponent);
    BN_free(modulus);
    return key;
}

/* 1 when the public half is sound: an odd composite modulus, an odd exponent above 1 (with 1, anybody could sign). */
static inline int amphi_public_key_is_sound(EVP_PKEY *key) {
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    if (context == NULL) return 0;
    int result = EVP_PKEY_public_check(context);
    EVP_PKEY_CTX_free(context);
    return result == 1;
}

/* Writes the modulus ("n") or exponent ("e") big-endian and answers its length, or 0 when it is missing or too long. */
static inline int amphi_rsa_number(const EVP_PKEY *key, const char *name, unsigned char *buffer, int size) {
    BIGNUM *number = NULL;
    if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return 0;
    int length = BN_num_bytes(number) <= size ? BN_bn2bin(number, buffer) : 0;
    BN_free(number);
    return length;
}

/* Writes the public half as PEM (SubjectPublicKeyInfo) and answers its length, or a number below 1. */
static inline int amphi_public_key_pem(const EVP_PKEY *key, unsigned char *buffer, int size) {
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio == NULL) return 0;
    int length = PEM_write_bio_PUBKEY(bio, key) == 1 ? BIO_read(bio, buffer, size) : 0;
    BIO_free(bio);
    return length;
}

/* A client's TLS over a connected socket, owned by the caller, or NULL with a text in `problem` that nobody frees: the peer's
 * certificate must be trusted by this machine and be that of `host`, a name or an address. "If hostname checking is not
 * enabled, any certificate that chains to a trusted root is accepted".
 * https://docs.openssl.org/3.0/man3/SSL_set1_host/ */
static inline SSL *amphi_tls_connect(int descriptor, const char *host, const char **problem) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *ssl = context == NULL ? NULL : SSL_new(context);
    int is_ready = ssl != NULL && SSL_CTX_set_default_verify_paths(context) == 1;
    SSL_CTX_free(context);
    if (is_ready) {
        SSL_set_verify(ssl, SSL_VERIFY_PEER, NULL);
        if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) != 1) {
            is_ready = SSL_set1_host(ssl, host) == 1 && SSL_set_tlsext_host_name(ssl, host) == 1;
        }
    }
    if (is_ready && SSL_set_fd(ssl, descriptor) == 1 && SSL_connect(ssl) == 1) {
        *problem = NULL;
        return ssl;
    }
    long verdict = ssl == NULL ? X509_V_OK : SSL_get_verify_result(ssl);
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    *problem = verdict != X509_V_OK ? X509_verify_cert_error_string(verdict) : reason;
    if (*problem == NULL) *problem = "the handshake does not end";
    ERR_clear_error();
    SSL_free(ssl);
    return NULL;
}

#endif
