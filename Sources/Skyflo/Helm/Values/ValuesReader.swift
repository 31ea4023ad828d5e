/// Files of values: one or more YAML documents, which are merged.
package enum ValuesReader {
    /// - Throws: `cannot unmarshal yaml document: …`
    package static func read(_ text: ByteString) throws(HelmError) -> HelmMap {
        var values = HelmMap()
        if let mark = Self.unclearMark(in: text) {
            throw HelmError(message: "error reading yaml document: invalid Yaml document separator: " + mark)
        }
        for document in documents(of: text) {
            do throws(HelmError) {
                values = merged(values, try YAMLReader.map(of: document))
            } catch {
                throw HelmError(message: "cannot unmarshal yaml document: " + error.message)
            }
        }
        return values
    }

    /// `over` over `base`: maps are merged, all else is replaced.
    package static func merged(_ base: HelmMap, _ over: HelmMap) -> HelmMap {
        let result = base.shallowCopy()
        for (key, value) in over.dictionary {
            if case .map(let above) = value, case .map(let below)? = result[key] {
                result[key] = .map(merged(below, above))
            } else {
                result[key] = value
            }
        }
        return result
    }

    /// What is behind the dashes of the first separator that has more than a comment there.
    private static func unclearMark(in text: ByteString) -> ByteString? {
        for line in text.bytes.split(separator: 0x0A) where line.starts(with: "---".utf8) {
            let behind = GoText.trimmingSpaces(ByteString(bytes: line.dropFirst(3)))
            if let first = behind.bytes.first, first != UInt8(ascii: "#") { return behind }
        }
        return nil
    }

    /// The documents as Kubernetes' reader cuts them: at lines of three dashes, that may have a comment behind. Lines end
    /// with a line feed alone.
    static func documents(of text: ByteString) -> [ByteString] {
        var documents: [ByteString] = []
        var document: [UInt8] = []
        for var line in text.bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            if line.last == 0x0D { line.removeLast() }
            if line.starts(with: "---".utf8) {
                let behind = line.dropFirst(3).drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
                if behind.isEmpty || behind.first == UInt8(ascii: "#"), !document.isEmpty {
                    documents.append(ByteString(bytes: document))
                    document = []
                    continue
                }
            }
            document += line
            document.append(0x0A)
        }
        // The text after the last line feed is no line where it is empty.
        if text.bytes.last == 0x0A || text.isEmpty { document.removeLast() }
        if !document.isEmpty { documents.append(ByteString(bytes: document)) }
        return documents
    }
}
