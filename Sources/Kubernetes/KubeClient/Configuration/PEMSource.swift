import FoundationEssentials
import HTTPTransport

/// The PEM text of certificates or of a private key, at hand or in a file.
///
/// Printing a value shows where it is from, never what it is: it may be a private key.
public enum PEMSource: Sendable, Hashable {
    /// The text itself.
    case data([UInt8])
    /// The path of a file, which is read when the client needs it.
    case file(String)

    func read() throws(KubeClientError) -> [UInt8] {
        switch self {
        case .data(let bytes): bytes
        case .file(let path): try ConfigurationFile.read(path)
        }
    }
}

extension PEMSource: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The path of the file, or the number of bytes.
    public var description: String {
        switch self {
        case .data(let bytes): "\(bytes.count) bytes"
        case .file(let path): path
        }
    }
    /// The same as ``description``.
    public var debugDescription: String { description }
    /// A mirror without children, so that dumping a value shows no private key.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Reads the small files that a configuration is made of.
enum ConfigurationFile {
    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    static func read(_ path: String) throws(KubeClientError) -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: URL(filePath: path)))
        } catch let error as CocoaError {
            // Its own description is a dump of internals.
            throw KubeClientError(.configuration, message: "cannot read \(path): \(reason(error))")
        } catch {
            throw KubeClientError(.configuration, message: "cannot read \(path)")
        }
    }

    private static func reason(_ error: CocoaError) -> String {
        switch error.code {
        case .fileNoSuchFile, .fileReadNoSuchFile: "no such file"
        case .fileReadNoPermission: "permission denied"
        default: "it is not a readable file"
        }
    }

    static func text(_ path: String) throws(KubeClientError) -> String {
        guard let text = String(validating: try read(path), as: UTF8.self) else {
            throw KubeClientError(.configuration, message: "\(path) is not UTF-8 text")
        }
        return text
    }

    /// The text without the white space around it: how namespaces are stored.
    static func word(_ path: String) throws(KubeClientError) -> String {
        let word = CredentialText.trimmed(try text(path))
        if word.isEmpty { throw KubeClientError(.configuration, message: "\(path) is empty") }
        return word
    }

    /// A ``word(_:)`` that a header can carry.
    static func token(_ path: String) throws(KubeClientError) -> String {
        let token = try word(path)
        guard CredentialText.fitsHeader(token) else {
            throw KubeClientError(.configuration, message: "the token in \(path) \(CredentialText.refusal)")
        }
        return token
    }
}

extension String {
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
