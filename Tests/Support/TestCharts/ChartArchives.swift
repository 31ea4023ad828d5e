/// Archives of charts, as `helm package` makes them.
package enum ChartArchives {
    /// A chart with a ConfigMap, values, a README and a CRD.
    package static func simple(
        _ name: String, version: String, files: [String: String] = [:], metadata: String = ""
    ) -> [UInt8] {
        let own = [
            "Chart.yaml": """
            apiVersion: v2
            name: \(name)
            version: \(version)
            appVersion: "7.1"
            description: A chart of tests
            \(metadata)
            """,
            "values.yaml": "replicas: 1\ncolour: blue\n",
            "README.md": "# \(name)\n",
            "templates/map.yaml": """
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: {{ .Release.Name }}
            data:
              colour: {{ .Values.colour }}
            """,
        ]
        return Archive.chart(name, own.merging(files) { $1 })
    }
}
