import Crypto
import SwiftASN1
import X509

/// Sprig's functions of keys and certificates.
enum CertificateFunctions {
    static func add(to table: inout FunctionTable) {
        table.add("genPrivateKey", taking: .string) { .string(try privateKey($0.string(0))) }
        addAuthorities(to: &table)
        addSelfSigned(to: &table)
        addSigned(to: &table)
        table.add("buildCustomCert", taking: .string, .string) { try custom($0.string(0), key: $0.string(1)) }
    }

    private static func addAuthorities(to table: inout FunctionTable) {
        table.addContextual("genCA", taking: .string, .int) { execution, arguments in
            var request = CertificateIssuer.Request(commonName: arguments.string(0), days: arguments.int(1))
            request.isAuthority = true
            return try issuer(execution).selfSigned(request, key: .rsa(bits: 2048))
        }
        table.addContextual("genCAWithKey", taking: .string, .int, .string) { execution, arguments in
            let key = try key(arguments.string(2))
            var request = CertificateIssuer.Request(commonName: arguments.string(0), days: arguments.int(1))
            request.isAuthority = true
            return try issuer(execution).selfSigned(request, key: key)
        }
    }

    private static func addSelfSigned(to table: inout FunctionTable) {
        table.addContextual("genSelfSignedCert", taking: .string, .list, .list, .int) { execution, arguments in
            let request = try request(arguments)
            return try issuer(execution).selfSigned(request, key: .rsa(bits: 2048))
        }
        table.addContextual("genSelfSignedCertWithKey", taking: .string, .list, .list, .int, .string) {
            execution, arguments in
            let key = try key(arguments.string(4))
            return try issuer(execution).selfSigned(try request(arguments), key: key)
        }
    }

    private static func addSigned(to table: inout FunctionTable) {
        table.addContextual("genSignedCert", taking: .string, .list, .list, .int, .certificate) {
            execution, arguments in
            let request = try request(arguments)
            return try issuer(execution).signed(request, key: .rsa(bits: 2048), by: try authority(arguments))
        }
        table.addContextual("genSignedCertWithKey", taking: .string, .list, .list, .int, .certificate, .string) {
            execution, arguments in
            let key = try key(arguments.string(5))
            return try issuer(execution).signed(try request(arguments), key: key, by: try authority(arguments))
        }
    }

    // MARK: -

    private static func issuer(_ execution: TemplateExecution) -> CertificateIssuer {
        CertificateIssuer(now: execution.engine.now)
    }

    private static func request(_ arguments: FunctionArguments) throws(HelmError) -> CertificateIssuer.Request {
        try CertificateIssuer.Request(
            commonName: arguments.string(0), addresses: arguments[1].asList ?? [], names: arguments[2].asList ?? [],
            days: arguments.int(3))
    }

    private static func authority(_ arguments: FunctionArguments) throws(HelmError) -> CertificateObject {
        guard case .object(let object) = arguments[4], let authority = object as? CertificateObject else {
            throw HelmError("unable to decode certificate")
        }
        return authority
    }

    private static func key(_ text: ByteString) throws(HelmError) -> SigningKey {
        do throws(HelmError) {
            return try SigningKey(pem: text)
        } catch {
            throw HelmError(message: "parsing private key: " + error.message)
        }
    }

    private static func privateKey(_ type: ByteString) throws(HelmError) -> ByteString {
        switch type {
        case "", "rsa": try SigningKey.rsa(bits: 4096).pem
        case "ecdsa": SigningKey.p256(.init()).pem
        case "ed25519": SigningKey.ed25519(.init()).pem
        case "dsa": throw HelmError("keys of DSA are not supported")
        default: "Unknown type " + type
        }
    }

    private static func custom(_ certificate: ByteString, key: ByteString) throws(HelmError) -> HelmValue {
        guard let certificate = try? BaseCoding.base64.decoded(certificate) else {
            throw HelmError("unable to decode base64 certificate")
        }
        guard let key = try? BaseCoding.base64.decoded(key) else {
            throw HelmError("unable to decode base64 private key")
        }
        guard let block = PEMText(ByteString(bytes: certificate)) else {
            throw HelmError("unable to decode certificate")
        }
        guard (try? Certificate(derEncoded: block.bytes)) != nil else {
            throw HelmError("error parsing certificate: decodedCert.Bytes: the certificate is not understood")
        }
        do throws(HelmError) {
            _ = try SigningKey(pem: ByteString(bytes: key))
        } catch {
            throw HelmError(message: "error parsing private key: " + error.message)
        }
        return .object(CertificateObject(certificate: ByteString(bytes: certificate), key: ByteString(bytes: key)))
    }
}
