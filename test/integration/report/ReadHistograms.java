import java.io.File;
import java.util.Base64;
import java.nio.ByteBuffer;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;

/** Reads histograms by the reference implementation: `log FILE` prints a line per interval, `hgrm BASE64` its distribution. */
public class ReadHistograms {
  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("log")) {
      HistogramLogReader reader = new HistogramLogReader(new File(arguments[1]));
      for (EncodableHistogram read = reader.nextIntervalHistogram(); read != null; read = reader.nextIntervalHistogram()) {
        Histogram histogram = (Histogram) read;
        System.out.printf("%s %d %d %d %d %d%n", histogram.getTag(), histogram.getStartTimeStamp(), histogram.getEndTimeStamp(),
            histogram.getTotalCount(), histogram.getValueAtPercentile(50), histogram.getMaxValue());
      }
    } else {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(arguments[1]));
      Histogram.decodeFromCompressedByteBuffer(bytes, 0).outputPercentileDistribution(System.out, 5, 1000.0);
    }
  }
}
