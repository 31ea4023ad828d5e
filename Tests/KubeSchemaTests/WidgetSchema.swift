import KubeModel
import Testing

@testable import KubeSchema

/// A custom resource that uses most features of schemas.
enum Widget {
    static let schema: StructuralSchema = {
        do {
            return try StructuralSchema(json(source))
        } catch {
            fatalError("\(error)")
        }
    }()

    static let source = #"""
        {
          "type": "object",
          "required": ["spec"],
          "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"type": "object"},
            "spec": {
              "type": "object",
              "required": ["size"],
              "x-kubernetes-validations": [{"rule": "self.replicas <= self.maxReplicas", "message": "replicas must not exceed maxReplicas"}],
              "properties": {
                "size": {"type": "string", "enum": ["small", "medium", "large"]},
                "code": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{3}$"},
                "replicas": {"type": "integer", "format": "int32", "minimum": 0, "maximum": 20, "default": 1},
                "maxReplicas": {"type": "integer", "format": "int32", "minimum": 1, "default": 10},
                "paused": {"type": "boolean", "default": false},
                "ratio": {"type": "number", "minimum": 0, "maximum": 1, "exclusiveMaximum": true},
                "note": {"type": "string", "nullable": true, "maxLength": 20},
                "dueAt": {"type": "string", "format": "date-time"},
                "port": {"x-kubernetes-int-or-string": true},
                "style": {
                  "type": "object",
                  "default": {},
                  "properties": {
                    "color": {"type": "string", "default": "blue"},
                    "opacity": {"type": "integer", "minimum": 0, "maximum": 100, "default": 100},
                    "font": {
                      "type": "object",
                      "properties": {"family": {"type": "string"}, "points": {"type": "integer", "default": 12}}
                    }
                  }
                },
                "parts": {
                  "type": "array",
                  "maxItems": 5,
                  "x-kubernetes-list-type": "map",
                  "x-kubernetes-list-map-keys": ["name"],
                  "items": {
                    "type": "object",
                    "required": ["name"],
                    "properties": {
                      "name": {"type": "string", "minLength": 1},
                      "count": {"type": "integer", "default": 1},
                      "material": {"type": "string"}
                    }
                  }
                },
                "tags": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
                "steps": {"type": "array", "x-kubernetes-list-type": "atomic", "items": {"type": "string"}},
                "limits": {"type": "object", "additionalProperties": {"x-kubernetes-int-or-string": true}},
                "extra": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}
              }
            },
            "status": {
              "type": "object",
              "properties": {
                "phase": {"type": "string"},
                "replicas": {"type": "integer", "format": "int32"},
                "selector": {"type": "string"},
                "observedGeneration": {"type": "integer", "format": "int64"},
                "conditions": {
                  "type": "array",
                  "x-kubernetes-list-type": "map",
                  "x-kubernetes-list-map-keys": ["type"],
                  "items": {
                    "type": "object",
                    "required": ["type", "status"],
                    "properties": {
                      "type": {"type": "string"},
                      "status": {"type": "string", "enum": ["True", "False", "Unknown"]},
                      "reason": {"type": "string"},
                      "message": {"type": "string"},
                      "lastTransitionTime": {"type": "string", "format": "date-time"}
                    }
                  }
                }
              }
            }
          }
        }
        """#

    static func object(spec: String, name: String = "v") throws -> JSONValue {
        ["apiVersion": "example.dev/v1", "kind": "Widget", "metadata": ["name": .string(name)], "spec": try json(spec)]
    }
}

func json(_ text: String) throws -> JSONValue { try JSONParser.parse(text) }
