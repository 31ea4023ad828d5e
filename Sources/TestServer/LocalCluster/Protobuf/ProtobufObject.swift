import KubeModel

/// Reads an object in the protobuf form of Kubernetes: `k8s\0`, then a `runtime.Unknown` that names the kind and holds the
/// message. kubectl sends it for what it makes itself (`create deployment`, `auth can-i`), and doesn't fall back to JSON.
package enum ProtobufObject {
    package enum Failure: Error {
        case noEnvelope
        case malformed
        case unknownKind(apiVersion: String, kind: String)
    }

    private static let magic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]

    /// The object as its JSON form would have it.
    package static func json(_ bytes: [UInt8]) throws(Failure) -> JSONValue {
        guard bytes.starts(with: magic) else { throw .noEnvelope }
        let envelope = try Envelope(bytes.dropFirst(magic.count))
        guard let message = ProtobufFields.shared.message(apiVersion: envelope.apiVersion, kind: envelope.kind) else {
            throw .unknownKind(apiVersion: envelope.apiVersion, kind: envelope.kind)
        }
        var object: JSONObject = ["kind": .string(envelope.kind), "apiVersion": .string(envelope.apiVersion)]
        do throws(ProtobufReader.Malformed) {
            try ProtobufMessage(type: message).read(envelope.raw, into: &object)
        } catch {
            throw .malformed
        }
        return .object(object)
    }

    private struct Envelope {
        var apiVersion = ""
        var kind = ""
        var raw: ArraySlice<UInt8> = []

        init(_ bytes: ArraySlice<UInt8>) throws(Failure) {
            do throws(ProtobufReader.Malformed) {
                var reader = ProtobufReader(bytes)
                while let (number, value) = try reader.next() {
                    guard case .bytes(let content) = value else { continue }
                    switch number {
                    case 1: try readType(content)
                    case 2: raw = content
                    default: continue
                    }
                }
            } catch {
                throw .malformed
            }
        }

        private mutating func readType(_ bytes: ArraySlice<UInt8>) throws(ProtobufReader.Malformed) {
            var reader = ProtobufReader(bytes)
            while let (number, value) = try reader.next() {
                guard case .bytes(let content) = value else { continue }
                let text = String(decoding: content, as: UTF8.self)
                if number == 1 { apiVersion = text } else if number == 2 { kind = text }
            }
        }
    }
}
