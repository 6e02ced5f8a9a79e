import StrictJSON

/// Keys for tests only: those of the RFCs, which everybody knows, and some that must be refused.
enum TestKeys {
    /// RFC 7515 appendix A.1.1.
    static let secretText = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"

    /// RFC 7515 appendix A.2.1, without its private members.
    static let rsaJWK: JSONObject = [
        "kty": "RSA",
        "n": .string(
            "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZ"
                + "S-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTB"
                + "EMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91"
                + "kzk2PAcDTW9gb54h4FRWyuXpoQ"),
        "e": "AQAB",
    ]

    /// The same key as RFC 7515 appendix A.2.1, in PEM (PKCS #1).
    static let rsaPrivatePEM = """
        -----BEGIN RSA PRIVATE KEY-----
        MIIEowIBAAKCAQEAofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd/wWJcyQoTbji9k0
        l8W26mPddxHmfHQp+Vaw+4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL+yRT+SFd2lZS+pC
        gNMsD1W/YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb/7OMg0LOL+bSf63kpaSHSX
        ndS5z5rexMdbBYUsLA9e+KXBdQOS+UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uD
        Zlxvb3qCo5ZwKh9kG4LT6/I5IhlJH7aGhyxXFvUK+DWNmoudF8NAco9/h9iaGNj8
        q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQIDAQABAoIBABKucaRpzQorw35S
        bEUAVx8dYXUdZOlJcHtiWQ+dC6V8ljxAHj/PLyzTveyI5QO/xkObCyjIL303l2cf
        UhPu2MFaJdjVzqACXuOrLot/eSFvxjvqVidTtAZExqFRJ9mylUVAoLvhowVWmC1O
        n95fZCXxTUtxNEG1Xcc7m0rtzJKs45J+N/V9DP1edYH6USyPSWGp6wuA+KgHRnKK
        Vf9GRx80JQY7nVNkL17eHoTWEwga+lwi0FEoW9Y7lDtWXYmKBWhUE+U8PGxlJf8f
        40493HDw1WRQ/aSLoS4QTp3rn7gYgeHEvfJdkkf0UMhlknlo53M09EFPdadQ4TlU
        bjqKc50CgYEA4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH/5IB3jw3bcxGn6QLvnE
        tfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw/Py5PJdTJNPY8cQn7ouZ2KKDcmnPG
        BY5t7yLc1QlQ5xHdwW1VhvKn+nXqhJTBgIPgtldC+KDV5z+y2XDwGUcCgYEAuQPE
        fgmVtjL0Uyyx88GZFF1fOunH3+7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYs
        p1ZSe7zFYHj7C6ul7TjeLQeZD/YwD66t62wDmpe/HlB+TnBA+njbglfIsRLtXlnD
        zQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdcCgYAHAp9XcCSrn8wVkMVkKdb7
        DOX4IKjzdahm+ctDAJN4O/y7OW5FKebvUjdAIt2GuoTZ71iTG+7F0F+lP88jtjP4
        U4qe7VHoewl4MKOfXZKTe+YCS1XbNvfgwJ3Ltyl1OH9hWvu2yza7q+d5PCsDzqtm
        27kxuvULVeya+TEdAB1ijQKBgQCH/3r6YrVH/uCWGy6bzV1nGNOdjKc9tmkfOJmN
        54dxdixdpozCQ6U4OxZrsj3FcOhHBsqAHvX2uuYjagqvo3cOj1TRqNocX40omfCC
        Mx3bD1yPPf/6TI2XECva/ggqEY2mYzmIiA5LVVmc5nrybr+lssFKneeyxN2Wq93S
        0iJMdQKBgCGHewxzoa1r8ZMD0LETNrToK423K377UCYqXfg5XMclbrjPbEC3YI1Z
        NqMtuhdBJqUnBi6tjKMF+34Xf0CUN8ncuXGO2CAYvO8PdyCixHX52ybaDjy1FtCE
        6yUXjoKNXKvUm7MWGsAYH6f4IegOetN5NvmUMFStCSkh7ixZLkN1
        -----END RSA PRIVATE KEY-----

        """

    /// Its public half.
    static let rsaPublicPEM = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAofgWCuLjybRlzo0tZWJj
        NiuSfb4p4fAkd/wWJcyQoTbji9k0l8W26mPddxHmfHQp+Vaw+4qPCJrcS2mJPMEz
        P1Pt0Bm4d4QlL+yRT+SFd2lZS+pCgNMsD1W/YpRPEwOWvG6b32690r2jZ47soMZo
        9wGzjb/7OMg0LOL+bSf63kpaSHSXndS5z5rexMdbBYUsLA9e+KXBdQOS+UTo7WTB
        EMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6/I5IhlJH7aGhyxX
        FvUK+DWNmoudF8NAco9/h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXp
        oQIDAQAB
        -----END PUBLIC KEY-----

        """

    /// 1024 bits: too short.
    static let shortRSAPublicPEM = """
        -----BEGIN PUBLIC KEY-----
        MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCp6Yni1UEfM2p0H1rdkN5qelrz
        eOsH8nEUeukukaSTb/2qstk4rn5w3ywams8mZ22SIfgMaSaxQRJJ2KhqiBpEyBj5
        2znHgm12V9bXwkZpTT1tD958udx69OlNlsTxp+EADOP0KC830HoOky8XDGG8Ldrn
        Y7XCS/I7y9/plrLUOwIDAQAB
        -----END PUBLIC KEY-----

        """

    /// An RSA-PSS key: another algorithm than RS256.
    static let pssPublicPEM = """
        -----BEGIN PUBLIC KEY-----
        MIIBIDALBgkqhkiG9w0BAQoDggEPADCCAQoCggEBAJDQ9DYZfsUcFgXelWUM80B6
        FWRZxuLGs20SP0Fzc5dUyxpfvbn/tX1McB+sfRTw+fcMg3XDPt7TbvZMX61UQTUH
        uS8x8I3ZT2q4t8u4Ku2YT3BedLEV7Vc5abUPYMl6ToeJMklahTEKALgwwbSQG1A3
        Bb9MC0t/ivHXN+PKkdfpahqWeRWxzIoVa/rVzzdaYZjdhnn8ako6Wf9dRUV0n0bt
        8O0g5xkjJt9LF2OSjpIO1b29tgcG8F5b83CDA9Zz/WL4FuMc26QGdT1rRdkFW5a4
        NjQoP8IOYacOJe8w/cBdo/CBiXW4U/vXLzQRjVfe3EFOK2x4ISKnkLZAyai+IJEC
        AwEAAQ==
        -----END PUBLIC KEY-----

        """

    /// An elliptic curve key.
    static let ellipticPublicPEM = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8vkHE1RYOWBMcK6KU7RwG747tXyd
        fu6739nps95TMRhTpbZdpCOsp6ffWy133jq2VK4c/5ubHMxEp5aLIbMN5w==
        -----END PUBLIC KEY-----

        """

    /// A private key behind a passphrase, which nobody is there to type.
    static let encryptedPrivatePEM = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhPPomDO3H2XAICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEECy39M5aj0Vi2jBENncuPrkEgZDj
        4QgHcwEnUu536LbzNyErsuPOHPvo6wXuRDBz9e8p/HXoBcjOd7xsUTT96RWVfK8w
        zlcHioIXp55q4aMwWJpLNlO4yO4RR2zYUx4qH4fvwfnRkg2C/t8NIm3SEv0tU6+r
        Q89V/1YtkTtCiBPwkIJX8CYZ/AQebRYmR4BdtAsrgiLFwBujBtK2Y4carCD9nCo=
        -----END ENCRYPTED PRIVATE KEY-----

        """
}
