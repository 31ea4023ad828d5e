/// A file of a chart, its path relative to the chart.
package struct ChartFile: Sendable, Equatable {
    package var name: String
    package var data: [UInt8]

    package init(name: String, data: [UInt8]) {
        self.name = name
        // Helm reads files without a byte order mark.
        self.data = data.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(data.dropFirst(3)) : data
    }

    package var text: ByteString { ByteString(bytes: data) }

    /// The last part of the path.
    package var baseName: String { Self.baseName(name) }

    static func baseName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// The name's end from its last point on, `.yaml`.
    package var pathExtension: String {
        baseName.lastIndex(of: ".").map { String(baseName[$0...]) } ?? ""
    }
}
