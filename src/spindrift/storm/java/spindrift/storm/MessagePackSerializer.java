package spindrift.storm;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.storm.multilang.BoltMsg;
import org.apache.storm.multilang.ISerializer;
import org.apache.storm.multilang.NoOutputException;
import org.apache.storm.multilang.ShellMsg;
import org.apache.storm.multilang.SpoutMsg;
import org.apache.storm.shade.net.minidev.json.JSONValue;
import org.apache.storm.task.TopologyContext;
import org.apache.storm.utils.Utils;
import org.msgpack.core.MessageInsufficientBufferException;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePacker;
import org.msgpack.core.MessageUnpacker;

/** Storm's multilang protocol in MessagePack: what JsonSerializer says, and bytes as they are. */
public class MessagePackSerializer implements ISerializer {
    private static final long serialVersionUID = 1L;
    private transient MessagePacker packer;
    private transient MessageUnpacker unpacker;

    @Override
    public void initialize(OutputStream processIn, InputStream processOut) {
        packer = MessagePack.newDefaultPacker(processIn);
        unpacker = MessagePack.newDefaultUnpacker(processOut);
    }

    @Override
    public Number connect(Map<String, Object> conf, TopologyContext context) throws IOException, NoOutputException {
        // A context knows itself as JSON only.
        Object known = JSONValue.parse(context.toJSONString());
        write(entries("pidDir", context.getPIDDir(), "conf", conf, "context", known));
        return (Number) readMessage().get("pid");
    }

    @Override
    public void writeBoltMsg(BoltMsg msg) throws IOException {
        write(entries("id", msg.getId(), "comp", msg.getComp(), "stream", msg.getStream(),
                      "task", msg.getTask(), "tuple", msg.getTuple()));
    }

    @Override
    public void writeSpoutMsg(SpoutMsg msg) throws IOException {
        write(entries("command", msg.getCommand(), "id", msg.getId()));
    }

    @Override
    public void writeTaskIds(List<Integer> taskIds) throws IOException {
        write(taskIds);
    }

    @Override
    public ShellMsg readShellMsg() throws IOException, NoOutputException {
        Map<?, ?> said = readMessage();
        ShellMsg msg = new ShellMsg();
        msg.setCommand((String) said.get("command"));
        msg.setId(said.get("id"));
        msg.setMsg((String) said.get("msg"));
        Object stream = said.get("stream");
        msg.setStream(stream == null ? Utils.DEFAULT_STREAM_ID : (String) stream);
        Object task = said.get("task");
        msg.setTask(task == null ? 0 : ((Number) task).longValue());
        msg.setNeedTaskIds(!Boolean.FALSE.equals(said.get("need_task_ids")));
        @SuppressWarnings("unchecked")
        List<Object> tuple = (List<Object>) said.get("tuple");
        msg.setTuple(tuple);
        Object anchors = said.get("anchors");
        if (anchors instanceof String) {
            msg.addAnchor((String) anchors);
        } else if (anchors != null) {
            for (Object anchor : (List<?>) anchors) {
                msg.addAnchor((String) anchor);
            }
        }
        if (said.get("name") instanceof String) {
            msg.setMetricName((String) said.get("name"));
        }
        msg.setMetricParams(said.get("params"));
        if (said.get("level") instanceof Number) {
            msg.setLogLevel(((Number) said.get("level")).intValue());
        }
        return msg;
    }

    private static Map<String, Object> entries(Object... keysAndValues) {
        Map<String, Object> entries = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            entries.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return entries;
    }

    private void write(Object message) throws IOException {
        pack(message);
        packer.flush();
    }

    private void pack(Object value) throws IOException {
        if (value == null) {
            packer.packNil();
        } else if (value instanceof String) {
            packer.packString((String) value);
        } else if (value instanceof byte[]) {
            byte[] bytes = (byte[]) value;
            packer.packBinaryHeader(bytes.length).writePayload(bytes);
        } else if (value instanceof Boolean) {
            packer.packBoolean((Boolean) value);
        } else if (value instanceof Double || value instanceof Float) {
            packer.packDouble(((Number) value).doubleValue());
        } else if (value instanceof BigInteger) {
            packer.packBigInteger((BigInteger) value);
        } else if (value instanceof Number) {
            packer.packLong(((Number) value).longValue());
        } else if (value instanceof Map) {
            packer.packMapHeader(((Map<?, ?>) value).size());
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                pack(entry.getKey());
                pack(entry.getValue());
            }
        } else if (value instanceof Collection) {
            packer.packArrayHeader(((Collection<?>) value).size());
            for (Object part : (Collection<?>) value) {
                pack(part);
            }
        } else {
            // In a configuration, or of a Java component: as JsonSerializer has it.
            packer.packString(value.toString());
        }
    }

    private Map<?, ?> readMessage() throws IOException, NoOutputException {
        try {
            return (Map<?, ?>) unpack();
        } catch (MessageInsufficientBufferException end) {
            throw new NoOutputException("Pipe to subprocess seems to be broken!\n");
        }
    }

    private Object unpack() throws IOException {
        switch (unpacker.getNextFormat().getValueType()) {
            case NIL:
                unpacker.unpackNil();
                return null;
            case BOOLEAN:
                return unpacker.unpackBoolean();
            case INTEGER:
                BigInteger number = unpacker.unpackBigInteger();
                return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
            case FLOAT:
                return unpacker.unpackDouble();
            case STRING:
                return unpacker.unpackString();
            case BINARY:
                return unpacker.readPayload(unpacker.unpackBinaryHeader());
            case ARRAY:
                int size = unpacker.unpackArrayHeader();
                List<Object> list = new ArrayList<>(size);
                for (int i = 0; i < size; i++) {
                    list.add(unpack());
                }
                return list;
            case MAP:
                int entries = unpacker.unpackMapHeader();
                Map<Object, Object> map = new HashMap<>(2 * entries);
                for (int i = 0; i < entries; i++) {
                    map.put(unpack(), unpack());
                }
                return map;
            default:
                throw new IOException("a component said what MessagePack has no common type for");
        }
    }
}
